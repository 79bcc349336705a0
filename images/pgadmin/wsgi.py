"""pgAdmin as gunicorn serves it: with one user, and with the servers of /pgadmin4/servers.json registered for them.

Environment: PGADMIN_DEFAULT_EMAIL, PGADMIN_DEFAULT_PASSWORD_FILE, and PGPASSWORD_FILE, with which the servers are opened.
Both are set anew at each start; the servers are registered anew, whatever else the user has registered stays.
"""

import json
import os
import pathlib
import sys
import sysconfig

SERVERS = pathlib.Path("/pgadmin4/servers.json")
EMAIL = os.environ["PGADMIN_DEFAULT_EMAIL"]


def secret(name):
    """A secret from the file that <name>_FILE names; one newline at its end does not count."""
    return pathlib.Path(os.environ[f"{name}_FILE"]).read_text(encoding="utf-8").removesuffix("\n")


password = secret("PGADMIN_DEFAULT_PASSWORD")

# pgAdmin's modules find each other by their folder, and its setup reads the first user from the environment: of this process alone.
sys.path.insert(0, os.path.join(sysconfig.get_path("purelib"), "pgadmin4"))
os.environ.update(PGADMIN_SETUP_EMAIL=EMAIL, PGADMIN_SETUP_PASSWORD=password)
import config  # noqa: E402
from pgAdmin4 import app  # noqa: E402
from flask_security.utils import hash_password, verify_password  # noqa: E402
from pgadmin.model import Server, User, db  # noqa: E402
from pgadmin.utils import load_database_servers  # noqa: E402

del os.environ["PGADMIN_SETUP_PASSWORD"]


def write_passwords(servers):
    """libpq's file of passwords, in memory; pgAdmin looks for it in the folder of the user, where a link leads to it."""
    escaped = secret("PGPASSWORD").replace("\\", "\\\\").replace(":", "\\:")
    file = pathlib.Path("/tmp/pgpass")
    file.touch(mode=0o600)
    file.write_text("".join(f"{s['Host']}:{s['Port']}:*:{s['Username']}:{escaped}\n" for s in servers), encoding="utf-8")
    folder = pathlib.Path(config.STORAGE_DIR, EMAIL.replace("@", "_"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    link = folder / "pgpass"
    link.unlink(missing_ok=True)
    link.symlink_to(file)


with app.test_request_context():
    user = User.query.filter_by(email=EMAIL, auth_source="internal").one()
    if not verify_password(password, user.password):
        user.password = hash_password(password)
    if SERVERS.exists():
        servers = json.loads(SERVERS.read_text(encoding="utf-8"))["Servers"].values()
        write_passwords(servers)
        names = [server["Name"] for server in servers]
        Server.query.filter(Server.user_id == user.id, Server.name.in_(names)).delete()
    db.session.commit()
    if SERVERS.exists():
        load_database_servers(str(SERVERS), None, EMAIL, True, "internal")
