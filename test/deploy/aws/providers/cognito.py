"""User pools, which issue tokens."""

from provider import Context, Created, OnlyReplaced, Properties, Resource, picked, provides

POOL = ("Policies", "AdminCreateUserConfig", "AccountRecoverySetting")
CLIENT = (
    "UserPoolId",
    "GenerateSecret",
    "AllowedOAuthFlows",
    "AllowedOAuthFlowsUserPoolClient",
    "AllowedOAuthScopes",
    "AccessTokenValidity",
    "TokenValidityUnits",
    "SupportedIdentityProviders",
)


@provides("AWS::Cognito::UserPool")
class UserPool:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        pool = context.client("cognito-idp").create_user_pool(
            PoolName=properties.get("UserPoolName", context.name()), **picked(properties, *POOL)
        )["UserPool"]
        provider = f"cognito-idp.{context.region}.amazonaws.com/{pool['Id']}"
        return pool["Id"], {
            "Arn": pool["Arn"],
            "ProviderName": provider,
            "ProviderURL": f"https://{provider}",
            "UserPoolId": pool["Id"],
        }

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        resource.context.client("cognito-idp").update_user_pool(
            UserPoolId=resource.physical_resource_id, **picked(properties, *POOL)
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("cognito-idp").delete_user_pool(UserPoolId=resource.physical_resource_id)


@provides("AWS::Cognito::UserPoolClient")
class UserPoolClient:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        client = context.client("cognito-idp").create_user_pool_client(
            ClientName=properties.get("ClientName", context.name()), **picked(properties, *CLIENT)
        )["UserPoolClient"]
        return client["ClientId"], {"ClientId": client["ClientId"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        changed = {
            name: value for name, value in picked(properties, *CLIENT).items() if name != "GenerateSecret"
        }
        resource.context.client("cognito-idp").update_user_pool_client(
            ClientId=resource.physical_resource_id, **changed
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("cognito-idp").delete_user_pool_client(
            ClientId=resource.physical_resource_id, **picked(resource.properties, "UserPoolId")
        )


@provides("AWS::Cognito::UserPoolResourceServer")
class UserPoolResourceServer:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        context.client("cognito-idp").create_resource_server(**properties)
        return properties["Identifier"], {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        resource.context.client("cognito-idp").update_resource_server(**properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        """moto cannot delete one; it disappears with its pool."""


@provides("AWS::Cognito::UserPoolDomain")
class UserPoolDomain(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        context.client("cognito-idp").create_user_pool_domain(**picked(properties, "Domain", "UserPoolId"))
        return properties["Domain"], {}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("cognito-idp").delete_user_pool_domain(
            **picked(resource.properties, "Domain", "UserPoolId")
        )
