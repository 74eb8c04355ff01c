# SPDX-License-Identifier: Apache-2.0
"""The runner behind ./check: build, run every suite in parallel, count every single test."""
