output "outputs" {
  description = "The outputs of the stack, such as SetIssuer and TargetGroupArn"
  value       = aws_cloudformation_stack.this.outputs
}
