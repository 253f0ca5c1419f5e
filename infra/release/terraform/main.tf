# Uploads the code of a release and creates a stack from one of its templates.
#
# CloudFormation manages the resources, Terraform only the stack and its parameters. Updates and rollbacks of the template are what the
# project's tests rehearse, and native Terraform resources would be a second description of the same stack.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

locals {
  release  = "${path.module}/.."
  template = "${local.release}/templates/${var.shape}.template.json"
  content  = jsondecode(file(local.template))
  # The shape native-only has no function, so no code.
  has_code = contains(keys(local.content.Parameters), "CodeBucket")
  code     = local.has_code ? fileset("${local.release}/functions", "*.zip") : []
  # Each stack has its own objects: another stack may still roll back to what this one no longer needs.
  prefix = "${var.prefix}${var.name}/"
}

# Each name contains the hash of its file, so the content under a name never changes.
resource "aws_s3_object" "code" {
  for_each = local.code

  bucket = var.bucket
  key    = "${local.prefix}${each.value}"
  source = "${local.release}/functions/${each.value}"

  # A rollback needs the previous code, so Terraform deletes it only after the stack has been updated.
  lifecycle {
    create_before_destroy = true
  }
}

# The template is too large for the body of a CloudFormation request.
resource "aws_s3_object" "template" {
  bucket = var.bucket
  key    = "${local.prefix}${var.shape}-${substr(filesha256(local.template), 0, 16)}.template.json"
  source = local.template

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "this" {
  name         = var.name
  template_url = "https://${data.aws_s3_bucket.release.bucket_regional_domain_name}/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM"]
  tags         = var.tags

  parameters = merge(
    var.parameters,
    local.has_code ? { CodeBucket = var.bucket, CodePrefix = local.prefix } : {},
  )

  depends_on = [aws_s3_object.code]
}

data "aws_s3_bucket" "release" {
  bucket = var.bucket
}
