"""Plugins: found, judged, registered; and what their authors run.

A command asks the :class:`~rnnbench.plugins.registry.Registry` for one kind of thing, such as the
cells. When a kind is asked for first, it goes three steps:

1. *Found*. ``entry_points`` reads the metadata of what is installed, without importing it, and
   yields each plugin's origin (``provenance``) and how to load it. ``discovery`` adds the modules
   of ``-p``, leaves out what ``-p no:NAME`` names, loads the others one by one and calls their
   hooks for this kind (``rnnbench.contracts.hooks``).
2. *Judged*. ``validation`` checks each thing that a hook has returned. ``discovery`` makes an
   ``Item`` of it: kind, name, origin, status and value. Whatever goes wrong becomes the status of
   that item, and disturbs no other plugin. ``conflicts`` then marks items that are sound and still
   can't be used: their framework is missing, or two of them have one name.
3. *Registered*. ``registry`` keeps the items of each kind. It gives what is sound by its name, says
   why the rest can't be used, and lists everything with its status.

``builtin`` is the plugin that the core brings along: its cells and networks are registered like any
other's.
``authoring`` writes the project of a new plugin, and tests one.
"""
