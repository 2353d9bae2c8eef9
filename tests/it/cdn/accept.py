"""Has Amazon's own client check what `kanvaro cdn config` printed, and Moto make the distribution; prints what it is then.

Moto has no policies: those are checked against the client's description of the service alone. It takes one behaviour
beside the default, so each is sent with a distribution of its own.
"""

import copy
import json
import sys

import boto3
from botocore.validate import ParamValidator

told, endpoint = json.load(sys.stdin), sys.argv[1]
client = boto3.client("cloudfront", endpoint_url=endpoint, region_name="us-east-1")
model = client.meta.service_model


def check(operation, member, config):
    report = ParamValidator().validate({member: config}, model.operation_model(operation).input_shape)
    if report.has_errors():
        sys.exit(f"{operation}: {report.generate_report()}")


for policy in told["CachePolicies"]:
    check("CreateCachePolicy", "CachePolicyConfig", policy)
for policy in told["ResponseHeadersPolicies"]:
    check("CreateResponseHeadersPolicy", "ResponseHeadersPolicyConfig", policy)
for control in told.get("OriginAccessControls", []):
    client.create_origin_access_control(OriginAccessControlConfig=control)
check("CreateDistribution", "DistributionConfig", told["DistributionConfig"])

made = []
for place, behavior in enumerate(told["DistributionConfig"]["CacheBehaviors"]["Items"]):
    config = copy.deepcopy(told["DistributionConfig"])
    config["CallerReference"] += f"-{place}"
    config["CacheBehaviors"] = {"Quantity": 1, "Items": [behavior]}
    distribution = client.create_distribution(DistributionConfig=config)["Distribution"]
    config = client.get_distribution_config(Id=distribution["Id"])["DistributionConfig"]
    made.append({
        "path": config["CacheBehaviors"]["Items"][0]["PathPattern"],
        "policy": config["CacheBehaviors"]["Items"][0]["CachePolicyId"],
        "origins": [origin["DomainName"] for origin in config["Origins"]["Items"]],
    })
print(json.dumps(made))
