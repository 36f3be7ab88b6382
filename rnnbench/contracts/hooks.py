"""Everything a plugin can provide.

A plugin is a module named by an entry point, in the group of what it provides:
``rnnbench.backends``, ``rnnbench.cells``, ``rnnbench.networks``, ``rnnbench.tasks``,
``rnnbench.suites`` (tasks may bring their suites along without it) or ``rnnbench.kernels``. One
that provides several kinds has an entry point in several groups. Its hooks are functions of the
names below, marked with :data:`hookimpl`, without arguments. Importing the module must not import a
framework.

A hook is called at most once per command, and only by a command that needs its kind; workers call
it again, in their own process. What it returns is looked at thing by thing: one that is wrong, in
the ways said below, is ``broken``, named with the distribution and the line, and the others are
used. A hook that raises, or returns no list or one of more than a thousand things, provides nothing
and is ``broken`` itself.

Every name must begin with a small letter and hold nothing but small letters, digits, ``-`` and
``_``, 64 in all at most; ``all`` is taken. Two plugins with one name are a ``clash``: neither
is used until ``-p no:DISTRIBUTION/NAME`` keeps one of them out.

``RNNBENCH_API = 1`` in the module states which :data:`rnnbench.API` it was written for, 1 where it
is missing; a plugin for a later one is ``incompatible`` and none of its hooks is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from rnnbench.contracts.info import BackendInfo, KernelInfo
    from rnnbench.contracts.task import Task
    from rnnbench.models.cell import Cell
    from rnnbench.models.network import Network

#: Raised by one whenever plugins must change; a plugin may state the one it was written for as
#: ``RNNBENCH_API`` in its module.
API = 1

hookspec = pluggy.HookspecMarker("rnnbench")
hookimpl = pluggy.HookimplMarker("rnnbench")


@hookspec
def rnnbench_backends() -> Iterable[BackendInfo]:  # type: ignore[empty-body]
    """Return the backends of this plugin.

    Called for entry points in ``rnnbench.backends`` by each command that runs or lists backends,
    whether their frameworks are installed or not: a :class:`~rnnbench.BackendInfo` names
    the :class:`~rnnbench.Backend`, which only a worker imports. An entry point bears the
    name of its backend, so that one that can't be loaded is still known by it.

    Returns:
        Instances of ``BackendInfo``. Wrong are: the class of the backend, a target that is not
        ``module:Class``, no variants, a default that is none of them. One whose ``requires`` are
        not all installed is ``not installed``.
    """


@hookspec
def rnnbench_cells() -> Iterable[type[Cell]]:  # type: ignore[empty-body]
    """Return the cells of this plugin.

    Called for entry points in ``rnnbench.cells`` by each command that runs or lists cells.

    Returns:
        Subclasses of :class:`~rnnbench.Cell`: frozen dataclasses whose fields are their
        options, each with a plain default. Wrong are: an instance, a class without ``step``,
        ``name`` or ``gates`` (a tuple of texts), an option without a default.
    """


@hookspec
def rnnbench_networks() -> Iterable[type[Network]]:  # type: ignore[empty-body]
    """Return the networks of this plugin.

    Called for entry points in ``rnnbench.networks`` by each command that runs or lists networks.

    Returns:
        Subclasses of :class:`~rnnbench.Network`: frozen dataclasses whose fields are their
        options, each with a plain default. Wrong are: an instance, a class without ``name``,
        ``parts`` or ``decode``, one whose ``solves`` is no frozenset of kinds of targets, an option
        without a default.
    """


@hookspec
def rnnbench_tasks() -> Iterable[type[Task]]:  # type: ignore[empty-body]
    """Return the tasks of this plugin.

    Called for entry points in ``rnnbench.tasks`` by each command that runs or lists tasks.

    Returns:
        Subclasses of :class:`~rnnbench.Task`: frozen dataclasses whose fields are their
        options, each with a plain default. Wrong are: an instance, a class without ``name`` or one
        of the abstract methods, ``defaults`` that are no :class:`~rnnbench.Defaults`, an
        option without a default.
    """


@hookspec
def rnnbench_suites() -> Iterable[Path]:  # type: ignore[empty-body]
    """Return the suite files of this plugin.

    Called for entry points in ``rnnbench.tasks`` and ``rnnbench.suites`` by each command that runs
    or lists suites. The files are read when they are run or listed.

    Returns:
        Paths that end in ``.toml``; a suite is named by its file. Wrong are: a text in place of a
        ``pathlib.Path``, a file that is not there.
    """


@hookspec
def rnnbench_kernels() -> Iterable[KernelInfo]:  # type: ignore[empty-body]
    """Return the fused kernels that this plugin adds to backends, of its own or of others.

    Called for entry points in ``rnnbench.kernels`` by each command that runs or lists backends.

    Returns:
        Instances of :class:`~rnnbench.KernelInfo`. Wrong are: no cells, a target that is
        not ``module:callable``. A kernel whose backend is not installed is ``not installed``; one
        with the name of a variant that the backend has itself is a ``clash`` and is not used. Two
        kernels may share a variant if they are for different cells.
    """
