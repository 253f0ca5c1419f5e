variable "name" {
  description = "Name of the stack, which is also the prefix of its SSM parameters: /NAME/issuer and so on"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", var.name)) && !can(regex("^(?i:aws|ssm)", var.name))
    error_message = "name must be a letter, then letters, digits and hyphens, and not begin with aws or ssm."
  }
}

variable "shape" {
  description = "Name of a template of the release, such as existing-listener"
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
  description = "Bucket for the code and the template, in the region of the stack. Who may write to it may say what the functions run"
  type        = string
}

variable "prefix" {
  description = "What the keys in that bucket begin with; after it comes the name of the stack"
  type        = string
  default     = "alb-jwt-authorizer/"

  validation {
    condition     = can(regex("^(|[A-Za-z0-9!_.*'()-][A-Za-z0-9/!_.*'()-]{0,600})$", var.prefix))
    error_message = "prefix must be empty, or the beginning of a key, without a slash in front."
  }
}

variable "parameters" {
  description = "Parameters of the template, by name; lists as text with commas"
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "Tags of the stack and its resources"
  type        = map(string)
  default     = {}
}
