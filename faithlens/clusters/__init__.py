"""Kinds of failure: failing replies grouped by what the probes found and by what the thinks say."""

from faithlens.clusters.clustering import Clustering, cluster, of_run

__all__ = ["Clustering", "cluster", "of_run"]
