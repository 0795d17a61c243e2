"""Active content for the grader's browser, terminal and spreadsheet."""

from . import STUBS, Attack, answer, answered, before, cell, notebook

_SCRIPT = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>"

ATTACKS = [
    before(
        "a script in an output",
        f"from IPython.display import HTML, display\ndisplay(HTML({_SCRIPT!r}))",
    ),
    before(
        "a widget and a page in an output",
        """from IPython.display import IFrame, Javascript, display
display(IFrame('http://127.0.0.1:1', 9, 9), Javascript('alert(1)'))""",
    ),
    Attack(
        "a script in a saved output",
        notebook(
            cell(
                "1",
                outputs=[
                    {
                        "output_type": "display_data",
                        "data": {"text/html": _SCRIPT, "image/svg+xml": _SCRIPT},
                    }
                ],
            )
        ),
    ),
    Attack("a script in a name", answered(STUBS), student=_SCRIPT),
    Attack("a formula in a name", answered(STUBS), student='=HYPERLINK("http://127.0.0.1"; "A")'),
    Attack(
        "a terminal's commands in a name",
        answered(STUBS),
        student="\x1b]0;owned\x07\x1b[2J[red]bold[/]",
    ),
    answer(
        "a script in an exception",
        f"def entry_bytes(*a): raise type({_SCRIPT!r}, (Exception,), {{}})({_SCRIPT!r})",
    ),
    answer("a script in a class", f"def entry_bytes(*a): return type({_SCRIPT!r}, (), {{}})()"),
]
