"""Settings of pgAdmin that hold in every stack; the rest is its own."""

import os

DATA_DIR = "/var/lib/pgadmin"
LOG_FILE = "/dev/null"  # What it has to say goes to standard error.
SERVER_MODE = True
# Nothing asks the world for a newer one, or for a picture of who has logged in.
UPGRADE_CHECK_ENABLED = False
SHOW_GRAVATAR_IMAGE = False
LLM_ENABLED = False
ALLOW_SPECIAL_EMAIL_DOMAINS = [os.environ["PGADMIN_DEFAULT_EMAIL"].rpartition(".")[2]]
