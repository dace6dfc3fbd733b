"""The emulated AWS: its account, region and credentials."""

from dataclasses import dataclass, field
from pathlib import Path

REGION = "eu-central-1"
ACCOUNT = "000000000000"
SECRET = "local"  # noqa: S105 - the emulator checks no signature


@dataclass(frozen=True, kw_only=True)
class Emulated:
    """Where the emulated AWS is, and the token it asks of its clients."""

    url: str
    token: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the environment that makes an AWS client use the emulator."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def emulator_settings(host: str, port: int, state: Path, token: str) -> dict[str, str]:
    """Return the environment of the emulator's process, which ministack reads on import."""
    return {
        "CARILLON_EMULATOR_TOKEN": token,
        "LAMBDA_STRICT": "1",  # run no code in the emulator: functions have their own process
        "BIND_HOST": host,  # the default is all interfaces
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": host,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "LOG_LEVEL": "WARNING",
    }
