"""Work of upkeep that no request waits for, done by the workers: one worker at a time for each job.

`jobs` lists what there is, `schedule` keeps in the database when each is due, `worker` runs what is due
in threads of a worker process, and `wake` says that a job has something to do now.
"""
