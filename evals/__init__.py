"""How good is it: question sets, measures, baselines, reports and a gate. No model judges anything here."""
