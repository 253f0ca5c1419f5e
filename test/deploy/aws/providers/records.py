"""Types without an API call in any rehearsal: the engine keeps only their properties, ids and attributes.

An attribute is built from the physical id, account and region. A template that asks for a missing one fails.
"""

import uuid
from collections.abc import Callable

from provider import Context, Created, Properties, Resource, provides

PhysicalId = Callable[[Context, Properties], str]
Attribute = Callable[[str, Context], str]


def _id(prefix: str = "", length: int = 17) -> PhysicalId:
    return lambda context, properties: prefix + uuid.uuid4().hex[:length]


def _property(name: str) -> PhysicalId:
    return lambda context, properties: properties[name]


def _itself(physical_id: str, context: Context) -> str:
    return physical_id


def _record(resource_type: str, physical_id: PhysicalId, **attributes: Attribute) -> None:
    class Record:
        @staticmethod
        def create(context: Context, properties: Properties) -> Created:
            made = physical_id(context, properties)
            return made, {name: value(made, context) for name, value in attributes.items()}

        @staticmethod
        def modify(resource: Resource, properties: Properties) -> None:
            """The engine keeps the properties."""

        @staticmethod
        def delete(resource: Resource) -> None:
            """The engine forgets the resource."""

    provides(resource_type)(Record)


API = "AWS::ApiGateway"
_record(f"{API}::RestApi", _id(length=10), RestApiId=_itself, RootResourceId=lambda i, c: f"{i}0")
_record(f"{API}::Resource", _id(length=6), ResourceId=_itself)
_record(f"{API}::Method", _id())
_record(f"{API}::Authorizer", _id(length=6), AuthorizerId=_itself)
_record(f"{API}::Deployment", _id(length=6), DeploymentId=_itself)
_record(f"{API}::Stage", _property("StageName"))

HTTP_API = "AWS::ApiGatewayV2"
_record(
    f"{HTTP_API}::Api",
    _id(length=10),
    ApiId=_itself,
    ApiEndpoint=lambda i, c: f"https://{i}.execute-api.{c.region}.amazonaws.com",
)
_record(f"{HTTP_API}::Authorizer", _id(length=6), AuthorizerId=_itself)
_record(f"{HTTP_API}::Integration", _id(length=7), IntegrationId=_itself)
_record(f"{HTTP_API}::Route", _id(length=7), RouteId=_itself)
_record(f"{HTTP_API}::Stage", _property("StageName"))

_record("AWS::CodeDeploy::Application", _id("application-"))

_record("AWS::CloudFront::OriginRequestPolicy", _id(""), Id=_itself)
_record(
    "AWS::CloudFront::Distribution",
    _id("E", 13),
    Id=_itself,
    DomainName=lambda i, c: f"{i.lower()}.cloudfront.net",
)

ACCESS = "AWS::EC2::VerifiedAccess"
_record(f"{ACCESS}TrustProvider", _id("vatp-"), VerifiedAccessTrustProviderId=_itself)
_record(f"{ACCESS}Instance", _id("vai-"), VerifiedAccessInstanceId=_itself)
_record(f"{ACCESS}Group", _id("vagr-"), VerifiedAccessGroupId=_itself)
_record(
    f"{ACCESS}Endpoint",
    _id("vae-"),
    VerifiedAccessEndpointId=_itself,
    EndpointDomain=lambda i, c: f"admin.{i}.prod.verified-access.{c.region}.amazonaws.com",
)

_record(
    "AWS::ECR::Repository",
    _property("RepositoryName"),
    Arn=lambda i, c: f"arn:aws:ecr:{c.region}:{c.account}:repository/{i}",
)

_record("AWS::WAFv2::WebACLAssociation", _id())
