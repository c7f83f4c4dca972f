"""The assistant at run time. Nothing that it uses may report to anybody on its own."""

import os

# onnxruntime sends usage data home and keeps a device id in the user's cache, unless told not to
# before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
# The products of one question are small: a numerical library's threads that wait for one another
# take the cores from other questions. Read when numpy is first imported. Answers under load: x 2.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
