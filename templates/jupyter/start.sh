#!/bin/sh
# Keeps the Jupyter server running. Its kernels end with it, so this is for a capsule that lacked memory for a moment.
while :; do
    python3 /opt/jupyter/server.py
    echo "the Jupyter server ended with code $?; starting it again" >&2
    sleep 1
done
