#!/bin/bash
# Health check: exit 0 when all sockets are held, which is when the last has come.
held=$(s6-fdholder-list -t 3000 "${1:-/run/listener/socket}") || exit 1
[[ $held == *alive* ]]
