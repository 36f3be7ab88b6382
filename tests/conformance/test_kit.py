"""The kit catches wrong plugins: each fails just the tests that are meant for its fault."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

import pytest

FAKE = Path(__file__).parents[1] / "fake"

#: The promises about gradients alone.
WITH_GRADIENTS = {
    *("test_same_function", "test_portable_cell", "test_system", "test_attention"),
    *("test_network", "test_windows"),
}
#: By module and class: the promises that are broken.
FAULTS = {
    "wrong_backends": {
        "GradientsInDouble": {"test_function"},
        "SmallTokens": {"test_put"},
        "AnyDevice": {"test_unknown_device"},
        "DeclaresDevice": {"test_declared_devices"},
        "OddDevices": {"test_devices"},
        "AnyDtype": {"test_unknown_dtype"},
        "AnyVariant": {"test_unknown_variant"},
        "FakesUnknownCell": {"test_unknown_cell"},
        "IgnoresMasks": {
            *("test_mask", "test_portable_cell"),
            *("test_system", "test_attention", "test_generation"),
        },
        "ForgetsInParallel": {
            "test_parallel",
            "test_parallel_over_many_steps",
            "test_parallel_training",
        },
        "BooleansAsIntegers": {"test_put"},
        "NoVersions": {"test_versions"},
        "ThreadsAsText": {"test_configure"},
        "MemoryAsText": {"test_memory_and_precision"},
        "OddNames": {"test_info"},
        "NoDefault": {"test_info"},
        "SaysLessThanItTakes": {"test_default"},
        "StaysHere": {"test_info_travels"},
    },
    "wrong_programs": {
        "RightProgram": set(),
        "WrongGradient": WITH_GRADIENTS,
        "ForgetsGradient": {*WITH_GRADIENTS, "test_single_precision"},
        "WrongOptimizer": {"test_same_training"},
        "LossInDouble": {"test_dtype"},
        "KeepsItsFirstState": {"test_state_is_carried", "test_mask"},
        "NeverBeginsAnew": {"test_state_begins_anew"},
        "BeginsAnew": {"test_one_step_at_a_time", "test_generation"},
        "NotDeterministic": {"test_repeats"},
        "NoReset": {"test_repeats"},
        "KeepsOptimizerState": {"test_repeats"},
        "CompilesAgain": {"test_repeats"},
        "LosesDigits": {"test_parameters_come_back"},
        "OneLength": {"test_other_sequence_lengths"},
        "NoKernel": {"test_kernel"},
        "DoesNotWait": {"test_wait"},
        "CountsPadding": {
            *("test_padding", "test_portable_cell", "test_system", "test_attention"),
            "test_network",
        },
    },
    "wrong_splitting": {
        "Splits": set(),
        "MeanOfMeans": {"test_split_batch"},
        "SumOfShares": {"test_split_batch"},
        "FirstShareAlone": {"test_split_batch"},
        "OutOfOrder": {"test_split_batch"},
        "DriftsApart": {"test_split_again"},
        "AnyGPU": {"test_split_over_nothing"},
        "ForgetsToDivide": {"test_split_batch"},
    },
    "wrong_surroundings": {
        "Prints": {"test_prints_nothing"},
        "Complains": {"test_prints_nothing"},
        "ChangesFolder": {"test_global_state"},
        "ChangesErrorState": {"test_global_state"},
        "ChangesEnvironment": {"test_global_state"},
        "DrawsGlobally": {"test_global_state"},
    },
    "wrong_training": {
        "RightOptimizer": set(),
        "NoBiasCorrection": {"test_same_training", "test_training", "test_rate_is_data"},
        "DecayInTheGradient": {"test_training"},
        "NesterovOfTheStepBefore": {"test_training"},
        "ClipsEachAlone": {"test_same_training", "test_training"},
        "ClipsTheNormAlone": {"test_training"},
        "IgnoresTheRate": {"test_training", "test_rate_is_data"},
        "CompilesForEachRate": {"test_rate_is_data"},
        "TakesNoMasks": set(),
        "DecaysConstants": {"test_constants_do_not_decay"},
        "KnowsNothingNew": set(),
        "CountsEveryTarget": {"test_windows"},
        "HandsOnTheLastState": {"test_windows"},
    },
    "wrong_cells": {
        "Right": set(),
        "OddName": {"test_names"},
        "NeedsAnOption": {"test_every_option_has_a_default"},
        "OptionIsAFunction": {"test_options_travel"},
        "ForgetsShape": {"test_initial"},
        "DrawsAnew": {"test_initial"},
        "ReturnsList": {"test_new_state"},
        "AlwaysDouble": {"test_dtype"},
        "ChangesState": {"test_inputs_unchanged"},
        "ChangesParameters": {"test_inputs_unchanged"},
        "Remembers": {"test_pure"},
        "MixesExamples": {"test_examples_apart"},
        "CallsNumpy": {"test_namespace"},
        "UsesMethod": {"test_namespace"},
        "HoldsNothing": {"test_hold"},
        "LinearOtherwise": {"test_linear"},
        "StopsGradient": {"test_gradient"},
        "NoZeroState": {"test_trains"},
    },
    "wrong_networks": {
        "Right": set(),
        "OddName": {"test_names"},
        "OptionIsAFunction": {"test_options_travel"},
        "DrawsAnew": {"test_initial"},
        "GrowingState": {"test_outputs", "test_state_is_carried"},
        "CallsNumpy": {"test_namespace"},
        "StopsGradient": {"test_gradient"},
        "Idle": {"test_every_parameter_has_a_part"},
        "MixesExamples": {"test_examples_apart", "test_state_begins_anew"},
        "SeesPadding": {"test_padding", "test_state_at_padding"},
        "LooksAhead": {
            "test_later_inputs",
            "test_padding",
            "test_state_is_carried",
            "test_one_step_at_a_time",
        },
        "SaysThatItLooksAhead": {"test_later_inputs"},
        "Forgets": {"test_state_is_carried", "test_one_step_at_a_time"},
        "RemembersBeside": {
            "test_outputs",
            "test_state_at_padding",
            "test_state_is_carried",
            "test_state_begins_anew",
            "test_one_step_at_a_time",
        },
        "CountsFromTheFirst": {"test_state_is_carried", "test_one_step_at_a_time"},
        "DrawsItsOwnNoise": {"test_noise"},
        "option_without_a_part": {"test_options_have_a_part"},
        "option_in_use": {"test_options_have_a_part"},
        "IgnoresNoise": {"test_noise"},
        "Writes": set(),
        "LooksAtTheNextTarget": {
            "test_later_targets",
            "test_one_step_at_a_time",
            "test_generation",
            "test_padding",
        },
    },
    "wrong_tasks": {
        "Right": set(),
        "NotReproducible": {"test_training_repeats_by_seed"},
        "SharedSeeds": {"test_training_differs_between_seeds_and_batches"},
        "TestingChanges": {"test_testing_is_always_the_same"},
        "TestsOnTraining": {"test_testing_is_not_training"},
        "ValidatesOnTesting": {"test_validation"},
        "SetsAsideWhatIsScored": {"test_validation"},
        "GrowingBatches": {"test_batches_have_one_shape"},
        "WrongTargetShape": {"test_batches_fit_the_problem"},
        "WrongNaiveScore": {"test_naive_score"},
        "WrongNaiveLoss": {"test_naive_loss"},
        "WrongDirection": {"test_perfect_score"},
        "EasyTarget": {"test_target"},
        "WrongLengthOption": {"test_length"},
        "LaterInputs": {"test_causal"},
        "NextIsSaid": set(),
        "CausalAtTheEnd": {"test_causal"},
        "SeveralSums": set(),
        "NaiveOfSeveralSums": {"test_naive_score"},
        "NotAdditive": {"test_measure_is_additive"},
        "NoSizes": {"test_words"},
        "ImpossibleDefaults": {"test_defaults"},
        "OptionIsAFunction": {"test_options_travel"},
        "NotAHash": {"test_data_hash", "test_split"},
        "ReadsWithoutHash": {"test_data_hash"},
        "Fixed": set(),
        "Written": set(),
        "Endless": {"test_ends"},
        "NaiveOverAll": {"test_naive_score"},
        "NoSplit": {"test_split"},
        "Padded": set(),
        "ScoresPadding": {"test_padding_is_not_scored"},
        "EmptySequences": {"test_lengths"},
        "ForgetsLengths": {"test_lengths", "test_padding_is_not_scored"},
        "InTurn": set(),
        "Grouped": set(),
        "GroupsOneExample": {"test_groups"},
        "NeverEnds": {"test_resets"},
        "BeginsInThePlan": {"test_resets"},
        "Prints": {"test_prints_nothing"},
        "SetsSeed": {"test_global_state"},
    },
}
ALL = [f"{module}.{name}" for module, names in FAULTS.items() for name in names]

#: The kits, as small as they can be: what is repeated for every cell is done for one, and what
#: starts a process, or by day takes its time, for the two that differ in it.
HEADER = """
import os
from rnnbench.conformance import (
    BackendConformance, CellConformance, NetworkConformance, TaskConformance
)
from rnnbench.conformance.specimens import TRAINING
import wrong_backends, wrong_cells, wrong_networks, wrong_programs, wrong_surroundings, wrong_tasks
import wrong_splitting, wrong_training

class Small(BackendConformance):
    @classmethod
    def choices(cls):
        only = {"cell": ["lstm"], "kind": ["one-hot"], "function": ["tanh"], "dtype": ["float32"]}
        few = {"optimizer": ["rmsprop"], "portable": ["jordan"], "system": ["seq2seq"]}
        few |= {"network": ["tcn"], "rule": ["adamw"], "split": ["layers"]}
        return super().choices() | only | few

    def test_configure(self):
        if self.info.target.endswith((":RightProgram", ":ThreadsAsText")):
            super().test_configure()

    def test_wait(self, variant):
        night = "RNNBENCH_NIGHTLY" in os.environ
        if night or self.info.target.endswith((":RightProgram", ":DoesNotWait")):
            super().test_wait(variant)

class Trained(Small):
    @classmethod
    def choices(cls):
        return super().choices() | {"optimizer": ["adam", "sgd-clipped"], "rule": list(TRAINING)}

OF_TRAINING = ("same_training", "training", "rate_is_data", "constants_do_not_decay", "windows")
for name in dir(Trained):
    if name.startswith("test_") and name.removeprefix("test_") not in OF_TRAINING:
        setattr(Trained, name, None)

class Devices(Small):
    pass

for name in dir(Devices):
    if name.startswith("test_") and not name.startswith("test_split_"):
        setattr(Devices, name, None)
"""
OF_A_BACKEND = "class Test_{0}_{1}(Small):\n    info = {0}.{1}.info\n"
CLASSES = {
    "wrong_backends": OF_A_BACKEND,
    "wrong_programs": OF_A_BACKEND,
    "wrong_splitting": "class Test_{0}_{1}(Devices):\n    info = {0}.{1}.info\n",
    "wrong_surroundings": OF_A_BACKEND,
    "wrong_training": "class Test_{0}_{1}(Trained):\n    info = {0}.{1}.info\n",
    "wrong_cells": "class Test_{0}_{1}(CellConformance):\n    cell = {0}.{1}(leak=0.5)\n",
    "wrong_networks": "class Test_{0}_{1}(NetworkConformance):\n    network = {0}.{1}()\n"
    "    problem = network.tried\n",
    "wrong_tasks": "class Test_{0}_{1}(TaskConformance):\n    task = {0}.{1}()\n",
}


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """Return the tests of the kit that failed, by wrong plugin; one process runs them all."""
    folder = tmp_path_factory.mktemp("kit")
    classes = [CLASSES[plugin.partition(".")[0]].format(*plugin.split(".")) for plugin in ALL]
    (folder / "test_kit.py").write_text("\n\n".join([HEADER, *classes]))
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "--junitxml=report.xml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pytest.ini", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(FAKE), "RNNBENCH_PLUGINS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found = defaultdict(set)
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        if {child.tag for child in case} & {"failure", "error"}:
            found[case.get("classname")].add(case.get("name").partition("[")[0])
    return found


@pytest.mark.parametrize("plugin", ALL)
def test_a_wrong_plugin_fails_the_tests_meant_for_it(failed, plugin):
    module, name = plugin.split(".")
    assert failed[f"test_kit.Test_{module}_{name}"] == FAULTS[module][name]


def test_every_test_of_the_kits_has_a_wrong_plugin():
    from rnnbench.conformance import (
        BackendConformance,
        CellConformance,
        NetworkConformance,
        TaskConformance,
    )

    of_backends = [module for module, template in CLASSES.items() if ".info" in template]
    kits = {
        BackendConformance: {
            name: found for module in of_backends for name, found in FAULTS[module].items()
        },
        CellConformance: FAULTS["wrong_cells"],
        NetworkConformance: FAULTS["wrong_networks"],
        TaskConformance: FAULTS["wrong_tasks"],
    }
    #: The surroundings are watched alike in all kits; other backends are seen in their own tests.
    elsewhere = {"test_prints_nothing", "test_global_state", "test_backend"}
    for kit, faults in kits.items():
        promises = {name for name in dir(kit) if name.startswith("test_")}
        assert promises - elsewhere <= set.union(*faults.values())
