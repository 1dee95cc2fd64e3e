"""The one CP-SAT model: the best selection of lines in a ledger, proved optimal. The only module that uses OR-Tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np
from ortools.sat.python import cp_model

from assistant.stacking.ledger import Ledger, Selection, Weights, at_or_above, common_scale
from assistant.stacking.problem import NotProvedError

LARGEST_SUM = 2**50
"""Objectives are merged while their weighted sum stays below this, well inside what the solver adds exactly."""
MOST_WORK = 300.0
"""Deterministic seconds, the same on every machine; a problem that needs more is reported, not answered."""


class Optimiser:
    """Plans for one ledger (rule S7). Built once, asked many times; every answer is the same on every machine."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._model = _Model(ledger)
        self._model.require_whole_award()

    def best(
        self,
        objectives: Sequence[Weights] = (),
        at_most: Sequence[tuple[Weights, int]] = (),
        other_than: Iterable[frozenset[int]] = (),
        first_listed: bool = False,
    ) -> Selection | None:
        """The selection with the least of the first objective, among those the least of the second, and so on; of
        several as good as each other the one whose new lines come first in the ledger, if `first_listed`, else any
        one.

        `at_most` are further limits; `other_than` are sets of new lines that the plan may not be. `None`: no such plan.
        """
        model = self._model.copy()
        for weights, limit in at_most:
            model.add(model.total(weights) <= limit)
        for chosen in other_than:
            model.differ_from(chosen)
        found: Selection | None = None
        for stage in _merged(objectives, self._ledger) or [{}]:
            found = model.minimise(stage)
            if found is None:
                return None
            model.keep(stage, found)
        return model.first_listed(found) if first_listed and found is not None else found


def most_credit(ledger: Ledger) -> int:
    """The most credit that can count under the caps alone (S5), at most the total rounded up."""
    model = _Model(ledger)
    counted = model.counted()
    return model.maximise(counted)


def most_at_or_above(ledger: Ledger, level: int, counted: int) -> int:
    """The most credit at the level or above in a selection that counts at least `counted` under the caps alone."""
    model = _Model(ledger)
    model.add(model.counted() >= counted)
    high = at_or_above(ledger.lines, level)
    return model.maximise(model.total({position: ledger.lines[position].unit for position in high}))


class _Model:
    """A CP-SAT model of a ledger with the caps (S5) in it; `require_whole_award` adds the rest of S7."""

    def __init__(self, ledger: Ledger, copied: cp_model.CpModel | None = None) -> None:
        self.ledger = ledger
        if copied is not None:
            self.model = copied
            self.steps = [copied.get_int_var_from_proto_index(position) for position in range(len(ledger.lines))]
            return
        self.model = cp_model.CpModel()
        self.steps = [self.model.new_int_var(0, line.units, "") for line in ledger.lines]
        self._selected: dict[int, cp_model.IntVar] = {}
        self._add_caps()

    def copy(self) -> _Model:
        return _Model(self.ledger, self.model.clone())

    def add(self, constraint: cp_model.BoundedLinearExpression | bool | np.bool_) -> None:
        self.model.add(constraint)

    def total(self, weights: Weights) -> cp_model.LinearExpr:
        positions = list(weights)
        return cp_model.LinearExpr.weighted_sum(
            [self.steps[position] for position in positions], [weights[position] for position in positions]
        )

    def credit(self, members: Iterable[int]) -> cp_model.LinearExpr:
        return self.total({member: self.ledger.lines[member].unit for member in members})

    def selected(self, position: int) -> cp_model.IntVar:
        """1 if at least one step of the line is taken."""
        if self.ledger.lines[position].units == 1:
            return self.steps[position]
        if position not in self._selected:
            taken = self.model.new_bool_var("")
            self.add(self.steps[position] >= taken)
            self.add(self.steps[position] <= self.ledger.lines[position].units * taken)
            self._selected[position] = taken
        return self._selected[position]

    def _add_caps(self) -> None:
        for cap in self.ledger.caps:
            self.add(self.credit(cap.members) <= cap.credits)
        for group in self.ledger.at_most_one:
            self.add(cp_model.LinearExpr.sum([self.selected(position) for position in sorted(group)]) <= 1)
        if self.ledger.min_claim and self.ledger.transferred:
            claimed = self.model.new_bool_var("")
            most = sum(self.ledger.lines[position].credits for position in self.ledger.transferred)
            self.add(self.credit(self.ledger.transferred) >= self.ledger.min_claim * claimed)
            self.add(self.credit(self.ledger.transferred) <= most * claimed)

    def counted(self) -> cp_model.LinearExprT:
        """Credit that counts once transferred credit is rounded (S5), as far as it is needed."""
        ledger = self.ledger
        own = self.credit(frozenset(range(len(ledger.lines))) - ledger.transferred)
        moved = self.credit(ledger.transferred)
        if ledger.rounding > 1:
            most = sum(ledger.lines[position].credits for position in ledger.transferred)
            multiples = self.model.new_int_var(0, most // ledger.rounding, "")
            self.add(ledger.rounding * multiples <= moved)
            moved = ledger.rounding * multiples
        counted = self.model.new_int_var(0, ledger.needed, "")
        self.add(counted <= own + moved)
        return counted

    def require_whole_award(self) -> None:
        ledger = self.ledger
        self.add(self.counted() >= ledger.needed)
        for floor in ledger.floors:
            self.add(self.credit(floor.members) >= floor.credits)
        for cover in ledger.covers:
            by = [self.selected(position) for position in sorted(cover.by)]
            least = 1 if cover.of is None else self.selected(cover.of)
            self.add(cp_model.LinearExpr.sum(by) >= least)
        if ledger.budget is not None:
            self._limit({position: line.price for position, line in enumerate(ledger.lines)}, ledger.budget)
        if ledger.only_priced:
            for position, line in enumerate(ledger.lines):
                if line.unpriced:
                    self.add(self.steps[position] == 0)
        if ledger.hours is not None:
            self._limit({position: line.hours for position, line in enumerate(ledger.lines)}, ledger.hours)

    def _limit(self, amounts: Mapping[int, Decimal], limit: Decimal) -> None:
        scale = common_scale((*amounts.values(), limit))
        whole = {position: int(amount * scale) for position, amount in amounts.items()}
        self.add(self.total(whole) <= int(limit * scale))

    def differ_from(self, chosen: frozenset[int]) -> None:
        new = [position for position, line in enumerate(self.ledger.lines) if line.new]
        self.model.add_at_least_one(
            self.steps[position].negated() if position in chosen else self.steps[position] for position in new
        )

    def first_listed(self, found: Selection) -> Selection:
        """Of the selections allowed, the one whose new lines come first, starting from one that is allowed."""
        better: Selection | None = found
        while better is not None:
            found = better
            copy = self.copy()
            better = copy.minimise_variables(copy.come_before(found))
        return found

    def come_before(self, found: Selection) -> list[tuple[cp_model.IntVar, int]]:
        """Only selections that take a new line which `found` does not, and every new line of `found` listed before it.

        The variables that mark such a line, each with its position: the least position is the greatest step forward.
        """
        marks = []
        kept: list[cp_model.IntVar] = []
        for position, line in enumerate(self.ledger.lines):
            if not line.new or line.units != 1:
                continue
            if found[position]:
                still = self.model.new_bool_var("")
                self.model.add_bool_and([self.steps[position], *kept[-1:]]).only_enforce_if(still)
                kept.append(still)
            else:
                mark = self.model.new_bool_var("")
                self.model.add_bool_and([self.steps[position], *kept[-1:]]).only_enforce_if(mark)
                marks.append((mark, position))
        self.model.add_exactly_one(mark for mark, _ in marks)
        return marks

    def minimise_variables(self, weighted: list[tuple[cp_model.IntVar, int]]) -> Selection | None:
        self.model.minimize(
            cp_model.LinearExpr.weighted_sum([mark for mark, _ in weighted], [weight for _, weight in weighted])
        )
        return self._selection()

    def minimise(self, weights: Weights) -> Selection | None:
        self.model.minimize(self.total(weights))
        return self._selection()

    def _selection(self) -> Selection | None:
        solver = self._solve()
        return None if solver is None else tuple(solver.value(step) for step in self.steps)

    def maximise(self, amount: cp_model.LinearExprT) -> int:
        self.model.maximize(amount)
        solver = self._solve()
        assert solver is not None, "taking nothing satisfies every cap"
        return solver.value(amount)

    def keep(self, weights: Weights, selection: Selection) -> None:
        """From here on only selections that are as good as this one by `weights`."""
        self.model.clear_objective()  # type: ignore[no-untyped-call]
        self.add(self.total(weights) <= sum(weight * selection[position] for position, weight in weights.items()))
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for step, value in zip(self.steps, selection, strict=True):
            self.model.add_hint(step, value)

    def _solve(self) -> cp_model.CpSolver | None:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = MOST_WORK
        # Measured on 40 and 1,000 candidates: thorough preparation takes longer than the search that it saves.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_presolve_iterations = 1
        solver.parameters.find_big_linear_overlap = False
        solver.parameters.merge_at_most_one_work_limit = 0
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise NotProvedError(solver.status_name(status), len(self.ledger.lines))
        return solver


def _merged(objectives: Sequence[Weights], ledger: Ledger) -> list[Weights]:
    """As few objectives as possible that order selections as the given ones do, one after the other.

    An earlier objective is multiplied by more than a later one can vary, so it always decides first.
    """
    stages: list[Weights] = []
    spans: list[int] = []
    for weights in objectives:
        span = 1 + sum(abs(weight) * ledger.lines[position].units for position, weight in weights.items())
        if stages and spans[-1] * span < LARGEST_SUM:
            earlier = {position: weight * span for position, weight in stages[-1].items()}
            stages[-1] = {
                position: earlier.get(position, 0) + weights.get(position, 0)
                for position in earlier.keys() | weights.keys()
            }
            spans[-1] *= span
        else:
            stages.append(weights)
            spans.append(span)
    return stages
