import json

import pytest

from local import template
from local.options import Unable

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Handler: app.handler
    Timeout: 15
    MemorySize: 1024
    Layers: [!Ref CoreLayer]
    Environment: {Variables: {TABLE: !Ref Table}}
Resources:
  CoreLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/core}}
  Table: {Type: AWS::DynamoDB::Table}
  OperatorKey:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 48, ExcludePunctuation: true}}
  NovuTriggerFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/novu/trigger
      Events:
        Http: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /v1/events/trigger, Method: post}}
        All: {Type: HttpApi}
  WorkersFanOutFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/workers/fan_out/
      Timeout: 60
      Events: {Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}}
Outputs:
  Layer: {Value: !Ref CoreLayer}
  TableName: {Value: !Ref Table}
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return template.read(path)


def test_functions_take_from_globals_what_they_do_not_say(source):
    trigger, fan_out = template.functions(source)

    assert trigger.module == "functions.novu.trigger.app"
    assert trigger.folder == "novu/trigger"
    assert (trigger.attribute, trigger.timeout, trigger.memory) == ("handler", 15, 1024)
    assert trigger.routes == (("POST", "/v1/events/trigger"), ("ANY", "$default"))
    assert (fan_out.module, fan_out.timeout) == ("functions.workers.fan_out.app", 60)
    assert fan_out.routes == ()


def test_the_emulator_calls_functions_at_our_address(source):
    adapted = json.loads(template.for_emulator(source, "http://127.0.0.1:8025/_invoke"))

    properties = adapted["Resources"]["WorkersFanOutFunction"]["Properties"]
    assert properties["Environment"]["Variables"] == {
        "MINISTACK_LAMBDA_PROXY_URL": "http://127.0.0.1:8025/_invoke/WorkersFanOutFunction"
    }
    assert "CodeUri" not in properties
    assert properties["Events"]["Queue"]["Type"] == "SQS"


def test_layers_stay_out_with_what_mentions_them(source):
    adapted = json.loads(template.for_emulator(source, "http://x"))

    assert "CoreLayer" not in json.dumps(adapted)
    assert list(adapted["Outputs"]) == ["TableName"]


def test_a_generated_key_can_travel_in_a_header(source):
    adapted = json.loads(template.for_emulator(source, "http://x"))

    generated = adapted["Resources"]["OperatorKey"]["Properties"]["GenerateSecretString"]
    assert set("\"'\\,; ") - {" "} <= set(generated["ExcludeCharacters"])


def test_the_template_itself_is_left_alone(source):
    before = json.dumps(source)

    template.for_emulator(source, "http://x")

    assert json.dumps(source) == before


def test_a_missing_template_is_one_sentence(tmp_path):
    with pytest.raises(Unable, match="no template"):
        template.read(tmp_path / "none.yaml")
