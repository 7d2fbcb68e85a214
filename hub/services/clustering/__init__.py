"""Keeping the editions up to the records: from the in-tray to clusters with their display records."""

from hub.services.clustering.exporting import export
from hub.services.clustering.running import ClusterReport, cluster

__all__ = ["ClusterReport", "cluster", "export"]
