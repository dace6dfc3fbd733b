"""The bucket of attachments: private, encrypted, kept, and emptied by itself."""

import pytest

from tests.rights import roles

RESOURCES = roles.resources()
BUCKET = RESOURCES["AttachmentsBucket"]
PROPERTIES = BUCKET["Properties"]


def test_nothing_in_it_is_public():
    assert PROPERTIES["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert PROPERTIES["OwnershipControls"] == {
        "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
    }


def test_it_is_encrypted_and_reached_by_tls_alone():
    [rule] = PROPERTIES["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    policies = [
        each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::S3::BucketPolicy"
    ]

    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    [policy] = policies
    assert policy["Bucket"] == {"Ref": "AttachmentsBucket"}
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": False}}
    assert len(statement["Resource"]) == 2  # the bucket, and what is in it


def test_an_attachment_ends_when_the_record_of_its_event_does():
    [rule] = PROPERTIES["LifecycleConfiguration"]["Rules"]

    assert rule["ExpirationInDays"] == {"Ref": "RetentionDays"}
    assert (rule["Status"], set(rule) & {"Prefix", "Filter"}) == ("Enabled", set())


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_it_is_kept_as_the_tables_are(policy):
    tables = [each for each in RESOURCES.values() if each["Type"] == "AWS::DynamoDB::Table"]

    assert {each[policy] for each in tables} == {BUCKET[policy]}
