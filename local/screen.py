"""The text that `make run` prints once the stack is ready."""

import json
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.seed import Tenant
from local.stack import Stack

_console = Console(highlight=False)

_EXAMPLE = {
    "name": "order-shipped",
    "to": "ana",
    "payload": {"order": "A-1042", "carrier": "DHL", "eta": "Thursday", "items": ["Desk lamp"]},
}


def ready(stack: Stack, tenant: Tenant | None, seconds: float) -> None:
    rows = Table.grid(padding=(0, 3))
    rows.add_column(style="bold")
    rows.add_row("API", Text(stack.base_url, "cyan"))
    rows.add_row("Outbox", Text(f"{stack.outbox_url}/", "cyan"))
    if tenant:
        rows.add_row("Demo key", tenant.api_key)

    _console.print()
    _console.print(f"[bold]Carillon is ready[/] [dim]({seconds:.1f} s)[/]\n")
    _console.print(rows)
    if tenant:
        _console.print("\n[bold]Send one:[/]\n")
        # Not by rich, which would wrap the command.
        print(curl(stack.base_url, tenant.api_key))
        _console.print("\nand see it land in the outbox. [bold]make demo[/] sends a hundred.")
    _console.print("\n[dim]Ctrl-C stops it and keeps its state. The functions' log follows.[/]\n")
    sys.stdout.flush()


def curl(base_url: str, api_key: str) -> str:
    return (
        f"curl {base_url}/v1/events/trigger \\\n"
        f"  -H 'Authorization: ApiKey {api_key}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d '{json.dumps(_EXAMPLE)}'"
    )
