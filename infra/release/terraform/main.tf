# Uploads the code of a release and creates the stack of one of its templates.
#
# The stack stays CloudFormation's: what it does in an update and in a rollback, and in which order, is what has been rehearsed,
# and a native description of its resources would be a second one. What Terraform manages is the stack's parameters.

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
  # What verifies without a function has no code.
  has_code = contains(keys(local.content.Parameters), "CodeBucket")
  code     = local.has_code ? fileset("${local.release}/functions", "*.zip") : []
  # Each stack has objects of its own: what one no longer needs, another may roll back to.
  prefix = "${var.prefix}${var.name}/"
}

# The names have the hashes of the files, so a file never changes under its name.
resource "aws_s3_object" "code" {
  for_each = local.code

  bucket = var.bucket
  key    = "${local.prefix}${each.value}"
  source = "${local.release}/functions/${each.value}"

  # A rollback of the stack takes the code that it had before, which is deleted only once the stack has left it.
  lifecycle {
    create_before_destroy = true
  }
}

# The template is larger than what CloudFormation takes in a request.
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
