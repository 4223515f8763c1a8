-- Who has a set is found through the manifests that hold it. With room on their pages, assignments that change touch no index.
DROP INDEX ddm.assignment_set;
ALTER TABLE ddm.assignment SET (fillfactor = 50);
ALTER TABLE ddm.device SET (fillfactor = 50);
