"""Links under a notebook's title that open it where it runs."""

from __future__ import annotations

from html import escape
from urllib.parse import quote


def launch_html(notebook: str, repository: str) -> str:
    """Write the links of one notebook: Binder, a JupyterHub of the reader's, Codespaces, the file.

    Parameters
    ----------
    notebook : str
        The name of its file.
    repository : str
        ``owner/name`` on the code host.

    Examples
    --------
    >>> "mybinder.org/v2/gh/me/pagesim/main?urlpath=lab/tree/notebooks/06-tlb.ipynb" in launch_html(
    ...     "06-tlb.ipynb", "me/pagesim")
    True
    """
    name = repository.partition("/")[2]
    tree = f"lab/tree/notebooks/{notebook}"
    links = {
        "Binder": f"https://mybinder.org/v2/gh/{repository}/main?urlpath={tree}",
        "Codespaces": f"https://codespaces.new/{repository}",
    }
    pull = (
        f"hub/user-redirect/git-pull?repo={quote(f'https://github.com/{repository}', safe='')}"
        f"&branch=main&urlpath={quote(f'lab/tree/{name}/notebooks/{notebook}', safe='')}"
    )
    anchors = "".join(f'<a href="{escape(url)}">{where}</a> ' for where, url in links.items())
    return (
        '<div class="launch"><p>This page moves as far as it was drawn beforehand. To move '
        f"everything, run code and have answers checked, open the notebook: {anchors}"
        f'<a href="{notebook}" download>Download</a> <a href="../minutes.html">Minutes of the '
        f'episodes</a></p><details><summary>JupyterHub</summary><form class="hub" '
        f'data-pull="{escape(pull)}"><label>Address of your hub <input type="url" required '
        'placeholder="https://hub.example.org"></label> <button>Open there</button></form>'
        "</details></div>"
    )
