# Each notebook's Python loads what draws when it starts, while its reader reads: the first picture
# would wait for it. Goes to `etc/ipython` of a learner's environment.
c.InteractiveShellApp.extensions = ["pagesim.explorer"]  # noqa: F821 (IPython's name)
