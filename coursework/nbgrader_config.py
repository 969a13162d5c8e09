"""For JupyterHub: with this file nbgrader's exchange takes this folder as a course."""

c = get_config()  # noqa: F821 - nbgrader defines it

c.CourseDirectory.course_id = "net-input-to-softmax"
