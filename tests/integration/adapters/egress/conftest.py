"""A way out that may speak to the servers of a test."""

import ssl

import pytest
import trustme

from carillon.adapters.egress.guarded import GuardedEgress

PATIENCE = 30.0  # seconds for each sending: no machine is so busy
# For a sending that is to be late, and by when it must have ended: its server goes on for longer.
DEADLINE, AT_LATEST = 0.5, 3.0


@pytest.fixture
def way_out():
    """Make one; each is closed when the test is over."""
    made = []

    def make(*allow, clients=None, deadline=PATIENCE, context=None, **options):
        if context:
            options["context"] = lambda: context
        made.append(GuardedEgress(clients, frozenset(allow), deadline, **options))
        return made[-1]

    yield make
    for egress in made:
        egress.close()


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def trust(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def server_tls(authority):
    """A server's side of TLS, for the names given."""

    def make(*names):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names).configure_cert(context)
        return context

    return make
