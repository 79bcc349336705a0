#!/opt/localstack/bin/python
"""Health check: exits 0 once LocalStack answers and what a system makes at its start is there; says what is amiss otherwise."""

import json
import sys
import urllib.error
import urllib.request

try:
    with urllib.request.urlopen("http://127.0.0.1:4566/_localstack/init/ready", timeout=3) as answer:
        ready = json.load(answer)
except (OSError, ValueError) as error:
    sys.exit(f"LocalStack does not answer: {error}")
failed = [script["name"] for script in ready["scripts"] if script["state"] == "ERROR"]
if failed:
    sys.exit(f"failed at the start: {', '.join(failed)}")
if not ready["completed"]:
    sys.exit("not everything is made yet")
