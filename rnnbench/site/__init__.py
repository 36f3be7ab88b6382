"""Pages: results as one HTML file, or as a static site that works from ``file://``.

A stranger's text is a text on them: templates escape it, scripts set it as ``textContent``, data
stand in JSON without ``<``, pictures are drawn by an interpreter, and the policy of each page lets
nothing run but what this package brings.
"""
