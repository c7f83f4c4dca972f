"""The officer's mail desk: from a mail to its questions, a cited draft and what needs a person."""
