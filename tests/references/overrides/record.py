"""Record the names that Novu publishes for events and their overrides, for the tests to read.

`python -m tests.references.overrides.record` installs two packages of Novu's by npm, which is no
part of the tests, and writes `names.json`: the fields of an event by the types of @novu/api, and
the overrides of each provider by the schemas of @novu/framework. A name that is new there fails a
test until we apply it, or refuse it on purpose.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
NAMES = HERE / "names.json"
INSTALLED = HERE.parents[2] / ".local" / "references" / "overrides"
VERSIONS = {"@novu/api": "3.19.1", "@novu/framework": "2.13.2"}
# Types of @novu/api, by its file and by what a request calls the table.
TYPES = {
    "trigger": ("triggereventrequestdto", "TriggerEventRequestDto$Outbound"),
    "broadcast": ("triggereventtoallrequestdto", "TriggerEventToAllRequestDto$Outbound"),
    "overrides": ("triggereventrequestdto", "Overrides$Outbound"),
    "overrides.channels": ("triggereventrequestdto", "Channels$Outbound"),
    "overrides.channels.email": ("emailchanneloverrides", "EmailChannelOverrides$Outbound"),
    "overrides.steps": ("stepsoverrides", "StepsOverrides$Outbound"),
    "subscriber": ("subscriberpayloaddto", "SubscriberPayloadDto$Outbound"),
    "topic": ("topicpayloaddto", "TopicPayloadDto$Outbound"),
    "tenant": ("tenantpayloaddto", "TenantPayloadDto$Outbound"),
    "channel": ("subscriberchanneldto", "SubscriberChannelDto$Outbound"),
    "credentials": ("channelcredentialsdto", "ChannelCredentialsDto$Outbound"),
}
_FIELD = re.compile(r"^    (\w+)\??:", re.MULTILINE)
_SCHEMAS = """
const schemas = require("@novu/framework").providerSchemas;
const names = {};
for (const channel of Object.values(schemas))
  for (const [provider, { output }] of Object.entries(channel))
    if (Object.keys(output.properties ?? {}).length)
      names[provider] = Object.keys(output.properties).sort();
require("fs").writeSync(1, JSON.stringify(names));
process.exit(0);  // before it looks for packages that it can do without
"""


def install() -> None:
    INSTALLED.mkdir(parents=True, exist_ok=True)
    packages = [f"{name}@{version}" for name, version in VERSIONS.items()]
    options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(["npm", "install", "--prefix", str(INSTALLED), *options, *packages], check=True)


def fields() -> Mapping[str, list[str]]:
    """Return the fields of each type, as they are on the wire."""
    models = INSTALLED / "node_modules/@novu/api/models/components"
    return {
        table: _fields((models / f"{file}.d.ts").read_text(), type)
        for table, (file, type) in TYPES.items()
    }


def _fields(source: str, type: str) -> list[str]:
    _, _, rest = source.partition(f"export type {type} = {{\n")
    body, _, _ = rest.partition("\n};")
    return sorted(_FIELD.findall(body))


def providers() -> Mapping[str, list[str]]:
    """Return the overrides of each provider that has a schema."""
    done = subprocess.run(
        ["node", "-e", _SCHEMAS], cwd=INSTALLED, check=True, capture_output=True, text=True
    )
    found: Mapping[str, list[str]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    install()
    recorded = {"versions": VERSIONS, "fields": fields(), "providers": providers()}
    NAMES.write_text(json.dumps(recorded, indent=1) + "\n")
