"""Selenium's side: does the steps that come on standard input, as its documentation shows them. Needs selenium only."""

import json
import os
import sys
from typing import Any

from selenium import webdriver  # type: ignore[import-not-found]  # it stands in an environment of its own
from selenium.webdriver.support import expected_conditions, ui  # type: ignore[import-not-found]  # as above

LIMIT_SECONDS = 30


def main() -> None:
    """Answer each line of steps with one line."""
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ["PEER_BROWSER"]
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,900"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(os.environ["PEER_DRIVER"]))
    wait = ui.WebDriverWait(driver, LIMIT_SECONDS, poll_frequency=0.05)
    try:
        for line in sys.stdin:
            for what, where, value in json.loads(line):
                _do(driver, wait, what, where, value)
            print(json.dumps("done"), flush=True)  # noqa: T201 - tells the parent
    finally:
        driver.quit()


def _do(driver: Any, wait: Any, what: str, where: str, value: str) -> None:
    if what == "go":
        driver.get(where)
        return
    place = ("xpath", where)
    if what == "wait":
        wait.until(expected_conditions.visibility_of_element_located(place))
        return
    element = wait.until(expected_conditions.element_to_be_clickable(place))
    if what == "fill":
        element.clear()
        element.send_keys(value)
    elif what == "select":
        ui.Select(element).select_by_visible_text(value)
    elif what == "press" or not element.is_selected():
        element.click()


if __name__ == "__main__":
    main()
