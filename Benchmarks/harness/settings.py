"""What was asked for on the command line."""

from dataclasses import dataclass

from . import machine


@dataclass(frozen=True)
class Settings:
    rounds: int
    seconds: float
    quick: bool
    peer: str | None
    max_others: float = 0.10
    repeats: int = 2

    @property
    def server_cpus(self) -> set[int]:
        return machine.cpu_sets()[0]

    @property
    def load_cpus(self) -> set[int]:
        return machine.cpu_sets()[1]
