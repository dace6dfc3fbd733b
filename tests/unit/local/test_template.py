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
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /v1/events/trigger:
            post: {x-amazon-apigateway-integration: {uri: !GetAtt NovuTriggerFunction.Arn}}
          /v1/events:
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-integration: {uri: !GetAtt NovuTriggerFunction.Arn}
          /$default:
            x-amazon-apigateway-any-method:
              isDefaultRoute: true
              x-amazon-apigateway-integration: {uri: !GetAtt NovuTriggerFunction.Arn}
  NovuTriggerFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/novu/trigger
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
    assert trigger.routes == (
        ("POST", "/v1/events/trigger"),
        ("ANY", "/v1/events"),
        ("ANY", "$default"),
    )
    assert (fan_out.module, fan_out.timeout) == ("functions.workers.fan_out.app", 60)
    assert fan_out.routes == ()


@pytest.mark.parametrize("uri", [{"Fn::GetAtt": ["Table", "Arn"]}, {"Ref": "NoFunction"}, None])
def test_a_route_without_a_function_is_one_sentence(source, uri):
    paths = source["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]
    paths["/v1/events/trigger"]["post"]["x-amazon-apigateway-integration"] = {"uri": uri}

    with pytest.raises(Unable, match="POST /v1/events/trigger calls"):
        template.functions(source)


def test_a_route_beside_its_function_is_one_sentence(source):
    """SAM would add it to the others, with a permission of its own."""
    function = source["Resources"]["NovuTriggerFunction"]["Properties"]
    function["Events"] = {"Http": {"Type": "HttpApi"}}

    with pytest.raises(Unable, match="NovuTriggerFunction has a route among its Events"):
        template.functions(source)


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
