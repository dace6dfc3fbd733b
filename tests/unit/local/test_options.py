import pytest

from local import options
from local.options import Unable
from local.processes import listen, port_of


def test_ports_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("OUTBOX_PORT", "9000")

    parsed = options.parse([])

    assert (parsed.port, parsed.outbox_port) == (0, 9000)


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80 "])
def test_a_port_that_is_none_is_one_sentence(monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Unable, match="PORT must be a port number"):
        options.parse([])


def test_parameters_of_the_template_can_be_given():
    parsed = options.parse(["--parameter", "DeliveryLease=3", "--parameter", "A=b=c"])

    assert parsed.parameters == {"DeliveryLease": "3", "A": "b=c"}


def test_a_parameter_without_a_value_is_one_sentence():
    with pytest.raises(Unable, match="NAME=VALUE"):
        options.parse(["--parameter", "DeliveryLease"])


def test_a_taken_port_is_one_sentence():
    with listen(0, "PORT") as taken:
        port = port_of(taken)

        with pytest.raises(Unable, match=f"Port {port} is in use"):
            listen(port, "PORT")
