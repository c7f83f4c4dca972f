"""The assistant at run time. Nothing that it uses may report to anybody on its own."""

import os

# onnxruntime sends usage data home and keeps a device id in the user's cache, unless told not to
# before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
