"""The published APIs: wire shapes, translation and error words, and nothing else."""
