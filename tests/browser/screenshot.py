"""Make the README's picture anew from the real lesson: ``python -m tests.browser.screenshot``."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, ROOT, Lab, Server, find_browser

PICTURE = ROOT / "images" / "softmax.png"


def main() -> None:
    server = Server(Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_browser(playwright), args=[*ARGUMENTS, "--no-sandbox"])
            lab = Lab(browser, server, device_scale_factor=1.5)
            lab.open("notebooks/05_softmax.ipynb").run_all()
            cell = lab.pictures()[0]
            lab.page.get_by_role("tab", name="File Browser").click()     # closes the side bar
            lab.page.evaluate("i => { window.jupyterapp.shell.currentWidget.content.scrollToItem(i, 'center'); }", cell)
            lab.picture(cell).slider("z₁").focus()
            lab.page.screenshot(path=PICTURE)
    finally:
        server.close()


if __name__ == "__main__":
    main()
