# SPDX-License-Identifier: Apache-2.0
"""Rules of docs/contributing.md that a machine can check. Each lint also shows that it can fail."""
