"""The JavaScript that the layer holds: files of npm packages, byte by byte as the lock has them.

`make third-party` installs the locked packages, copies their files into the layer, and notes each
one's version, integrity (npm's hash of the package) and SHA-256 in `packages.json`.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from tests.references.liquidjs.reference import HERE, INSTALLED

LAYER = Path(__file__).parents[3] / "layers/core/python/carillon/adapters/rendering/third_party"
NOTED = LAYER / "packages.json"
# Files by the name that they have in the layer: package, path in it, and its licence's path.
FILES = {
    "date-fns.min.js": ("date-fns", "cdn.min.js", "LICENSE.md"),
    "handlebars.min.js": ("handlebars", "dist/handlebars.min.js", "LICENSE"),
    "liquid.browser.min.js": ("liquidjs", "dist/liquid.browser.min.js", "LICENSE"),
    "pluralize.js": ("pluralize", "pluralize.js", "LICENSE"),
    "sha256.min.js": ("js-sha256", "build/sha256.min.js", "LICENSE.txt"),
}


def locked() -> dict[str, dict[str, Any]]:
    packages = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return {package: packages[f"node_modules/{package}"] for package, _, _ in FILES.values()}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def renew() -> None:
    noted = {}
    for name, (package, path, licence) in FILES.items():
        folder = INSTALLED / "node_modules" / package
        shutil.copy(folder / path, LAYER / name)
        shutil.copy(folder / licence, LAYER / f"{package}.LICENSE")
        entry = locked()[package]
        noted[name] = {
            "package": package,
            "path": path,
            "version": entry["version"],
            "licence": entry["license"],
            "integrity": entry["integrity"],
            "sha256": sha256(LAYER / name),
        }
    NOTED.write_text(json.dumps(noted, indent=1) + "\n")


if __name__ == "__main__":
    renew()
