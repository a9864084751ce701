"""Figures as a table for people and as JSON lines for programs."""

import json
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value, beside a reference where there is one. `goal` bounds the ratio: ("<=", 3) or (">=", 0.3)."""

    name: str
    value: float
    unit: str
    against: str | None = None
    reference: float | None = None
    ratio: float | None = None
    goal: tuple[str, float] | None = None

    @property
    def met(self) -> bool | None:
        if self.goal is None or self.ratio is None:
            return None
        return self.ratio <= self.goal[1] if self.goal[0] == "<=" else self.ratio >= self.goal[1]

    @property
    def line(self) -> str:
        return json.dumps({
            "figure": self.name, "value": rounded(self.value), "unit": self.unit, "against": self.against,
            "ratio": rounded(self.ratio),
        })


def paired(name: str, unit: str, against: str, pairs: list[tuple[float, float]], goal=None) -> Figure:
    """Medians over rounds; the ratio is the median of each round's own ratio, so that a busy round does not bend it."""
    ratios = [value / reference for value, reference in pairs if reference]
    return Figure(
        name, statistics.median(value for value, _ in pairs), unit, against,
        statistics.median(reference for _, reference in pairs), statistics.median(ratios) if ratios else None, goal)


def rounded(value: float | None) -> float | None:
    """Four significant digits."""
    return None if value is None else float(f"{value:.4g}")


def shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{rounded(value):g}"


def table(figures: list[Figure]) -> str:
    rows = [("figure", "value", "unit", "reference", "against", "ratio", "goal", "")]
    for figure in figures:
        goal = f"{figure.goal[0]} {figure.goal[1]:g}" if figure.goal else ""
        met = {True: "met", False: "MISSED", None: ""}[figure.met]
        rows.append((
            figure.name, shown(figure.value), figure.unit, shown(figure.reference), figure.against or "",
            shown(figure.ratio), goal, met))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    numbers = {1, 3, 5}
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if column in numbers else cell.ljust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
