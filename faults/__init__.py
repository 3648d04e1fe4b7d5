"""What can break: one file a fault, the contract they keep, the catalogue and the monthly calendar."""
