"""The emulated AWS as its clients see it: which account, which region, which credentials."""

from pathlib import Path

REGION = "eu-central-1"
ACCOUNT = "000000000000"
SECRET = "local"  # noqa: S105 - the emulator checks none


def credentials(emulator_url: str) -> dict[str, str]:
    """What any AWS client needs to speak to the emulator instead of AWS."""
    return {
        "AWS_ENDPOINT_URL": emulator_url,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def emulator_settings(host: str, port: int, state: Path) -> dict[str, str]:
    """The environment of the emulator's process; it reads it when it is imported."""
    return {
        "BIND_HOST": host,  # it would listen on all interfaces
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
