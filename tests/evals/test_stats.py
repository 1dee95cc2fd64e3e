from evals.stats import mean_of, paired_difference, percentile


def test_unscored_is_counted_and_left_out_of_the_mean() -> None:
    mean = mean_of([1.0, None, 0.0, None])
    assert (mean.value, mean.scored, mean.unscored) == (0.5, 2, 2)
    assert mean_of([None]).value is None


def test_percentile_is_the_nearest_rank() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile([7.0, None], 0.95)) == (50, 95, 7)
    assert percentile([None], 0.5) is None


def test_the_same_seed_gives_the_same_interval_and_pairs_need_both_scores() -> None:
    first, second = [1.0, 1.0, None, 1.0, 0.0] * 8, [0.0, 1.0, 1.0, None, 0.0] * 8
    found = paired_difference(first, second, seed=3)
    assert found is not None
    assert found == paired_difference(first, second, seed=3)
    uneven = [(number * 0.37) % 1 for number in range(40)]
    assert paired_difference(uneven, second, seed=3) == paired_difference(uneven, second, seed=3)
    assert paired_difference(uneven, second, seed=3) != paired_difference(uneven, second, seed=4)
    assert (found.pairs, round(found.mean, 4)) == (24, 0.3333)
    assert found.low < found.mean < found.high
    assert found.sure


def test_no_difference_is_not_sure() -> None:
    same = paired_difference([1.0, 0.0], [1.0, 0.0])
    assert same is not None
    assert not same.sure
    assert paired_difference([None], [1.0]) is None
