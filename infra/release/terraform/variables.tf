variable "name" {
  description = "Name of the stack and prefix of its SSM parameters: /NAME/issuer and so on"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", var.name)) && !can(regex("^(?i:aws|ssm)", var.name))
    error_message = "name must be a letter followed by at most 127 letters, digits and hyphens, and must not begin with aws or ssm."
  }
}

variable "shape" {
  description = "Name of one of the release's templates, such as existing-listener"
  type        = string

  validation {
    condition = contains([
      "new-load-balancer", "domain-name", "existing-vpc", "internal-load-balancer",
      "existing-load-balancer", "existing-listener", "native-pre-filter", "native-only",
    ], var.shape)
    error_message = "shape must be the name of a file in templates/, without .template.json."
  }
}

variable "bucket" {
  description = "Bucket for the code and the template, in the region of the stack. Whoever can write to it decides what the functions run"
  type        = string
}

variable "prefix" {
  description = "Prefix of the keys in that bucket. The name of the stack follows it"
  type        = string
  default     = "alb-jwt-authorizer/"

  validation {
    condition     = can(regex("^(|[A-Za-z0-9!_.*'()-][A-Za-z0-9/!_.*'()-]{0,600})$", var.prefix))
    error_message = "prefix must be empty, or a key prefix that does not begin with a slash."
  }
}

variable "parameters" {
  description = "Parameters of the template, by name. Write a list as text, separated by commas"
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "Tags of the stack and its resources"
  type        = map(string)
  default     = {}
}
