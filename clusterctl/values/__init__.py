"""The frozen values that one step hands to the next: Dataset, Points, Space, Clustering, Score."""
