-- Of the words that posts have the planner keeps ten times as many as this. It needs a hundred at least to tell how many posts have a
-- word that is only begun, and takes 2 % for any other: then it reads all that match where it could read the newest.
ALTER TABLE posts ALTER COLUMN search SET STATISTICS 300;