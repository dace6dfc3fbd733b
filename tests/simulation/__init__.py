"""Carillon on a virtual clock: real use cases, queues that behave like SQS, and faults on demand.

74 hours of retries pass in milliseconds, and a run is repeated exactly by its seed.
"""

from tests.simulation.faults import CALLS_OUT, Crash, Faults, NoFaults
from tests.simulation.queues import SimulatedSqs
from tests.simulation.stack import Sent, Simulation

__all__ = ["CALLS_OUT", "Crash", "Faults", "NoFaults", "Sent", "SimulatedSqs", "Simulation"]
