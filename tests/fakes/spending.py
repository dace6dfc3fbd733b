"""In memory: what tenants spend of the installation's account."""

from collections import Counter
from threading import Lock


class Spending:
    def __init__(self) -> None:
        self.parts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def take(self, tenant: str, month: str, parts: int, *, most: int) -> bool:
        with self._lock:
            if self.parts[tenant, month] + parts > most:
                return False
            self.parts[tenant, month] += parts
            return True

    def give_back(self, tenant: str, month: str, parts: int) -> None:
        with self._lock:
            if self.parts[tenant, month] >= parts:
                self.parts[tenant, month] -= parts
