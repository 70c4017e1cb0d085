"""Purchase and spending models: likelihoods, fits, what they say."""
