"""Scripts as people write them: what can be drawn is, and the rest stays as it was written."""

from __future__ import annotations

from runtime.written import read_python, write_python

HEAD = "from kailash.workflow.builder import WorkflowBuilder\n"


def drawn(source: str) -> list[str]:
    graph = read_python(HEAD + source).graph
    assert graph is not None
    return [node.id for node in graph.nodes]


def test_values_under_a_name_are_taken_over() -> None:
    read = read_python(
        HEAD + "URL = 'https://example.org'\nw = WorkflowBuilder()\n"
        "call = w.add_node('HTTPRequestNode', 'call', {'url': URL + '/a'})\n"
        "w.add_node('PythonCodeNode', {'code': 'result = 1'})\n"
        "w.add_connection(call, 'result', 'PythonCodeNode_1', 'data')\n"
    )

    assert read.graph is not None
    assert read.graph.nodes[0].config == {"url": "https://example.org/a"}
    assert read.graph.connections[0].source == "call"
    assert "URL = 'https://example.org'" in write_python(read.graph)


def test_a_list_that_something_may_change_is_not_guessed() -> None:
    changed = (
        "kinds = ['a']\nkinds.append('b')\nw = WorkflowBuilder()\nw.add_node('X', 'x', {'kinds': kinds})\n"
    )

    read = read_python(HEAD + changed)

    assert read.graph is not None
    assert read.graph.nodes == ()
    assert "shows only when the script runs" in read.locked[-1].reason
    assert "w.add_node('X', 'x', {'kinds': kinds})" in write_python(read.graph)


def test_a_name_with_two_values_is_not_guessed() -> None:
    assert drawn("a = 1\na = 2\nw = WorkflowBuilder()\nw.add_node('X', 'x', {'a': a})\n") == []


def test_what_a_loop_makes_stays_as_text_with_what_hangs_on_it() -> None:
    source = (
        "w = WorkflowBuilder()\n"
        "w.add_node('X', 'first')\n"
        "for n in range(3):\n    w.add_node('X', f'step_{n}')\n"
        "w.add_connection('first', 'result', 'step_1', 'x')\n"
    )

    read = read_python(HEAD + source)

    assert read.graph is not None
    assert [node.id for node in read.graph.nodes] == ["first"]
    assert read.graph.connections == ()
    assert "no step that is drawn" in read.locked[-1].reason or "no call" in read.locked[-1].reason
    written = write_python(read.graph)
    assert "for n in range(3):" in written
    assert "w.add_connection('first', 'result', 'step_1', 'x')" in written


def test_comments_stay_in_their_places() -> None:
    source = (
        "# before all\nw = WorkflowBuilder()  # made here\n# about the step\n"
        "w.add_node('X', 'x', {  # inside\n    'a': 1,\n})\n# the end\n"
    )

    read = read_python(HEAD + source)

    assert read.graph is not None
    written = write_python(read.graph)
    places = [written.index(f"# {words}") for words in ("before all", "about the step", "inside", "the end")]
    assert places == sorted(places)
    assert read_python(written).graph == read.graph


def test_statements_on_one_line_are_told_apart() -> None:
    read = read_python(HEAD + "a(); w = WorkflowBuilder(); b()\nc(); w.add_node('X', 'x'); d()  # e\n")

    assert read.graph is not None
    assert [node.id for node in read.graph.nodes] == ["x"]
    written = write_python(read.graph)
    assert written.count("add_node") == 1
    assert all(f"{name}()" in written for name in "abcd")
    assert read_python(written).graph == read.graph


def test_a_text_with_a_hash_is_no_comment() -> None:
    read = read_python(HEAD + "w = WorkflowBuilder()\nw.add_node('X', 'x', {'code': '''\n# mine\n'''})\n")

    assert read.graph is not None
    assert read.graph.annotations == ()


def test_classes_of_steps_name_their_type() -> None:
    source = (
        "from kailash.nodes.enterprise.batch_processor import BatchProcessorNode\n"
        "w = WorkflowBuilder()\nw.add_node(BatchProcessorNode, 'b', {'batch_size': 10})\n"
    )

    read = read_python(HEAD + source)

    assert read.graph is not None
    assert read.graph.nodes[0].type == "BatchProcessorNode"


def test_a_second_workflow_is_left_as_it_is() -> None:
    source = "w = WorkflowBuilder()\nw.add_node('X', 'x')\nw = WorkflowBuilder()\nw.add_node('X', 'other')\n"

    assert drawn(source) == ["x"]


def test_a_script_that_runs_itself_is_not_given_another_ending() -> None:
    read = read_python(HEAD + "w = WorkflowBuilder()\nw.add_node('X', 'x')\nR().execute(w.build())\n")

    assert read.graph is not None
    written = write_python(read.graph)
    assert written.count(".execute(") == 1
    assert "__main__" not in written


def test_nothing_of_a_script_is_run() -> None:
    hostile = "w = WorkflowBuilder()\nw.add_node('X', 'x', {'a': __import__('os').system('false')})\n1 / 0\n"

    assert drawn(hostile) == []


def test_a_mistake_is_told_with_its_line() -> None:
    read = read_python("w = WorkflowBuilder()\nw.add_node('X', {\n")

    assert read.graph is None
    assert (read.problems[0].code, read.problems[0].line) == ("invalid_syntax", 2)


def test_what_is_wrong_with_a_step_names_its_line() -> None:
    read = read_python(HEAD + "w = WorkflowBuilder()\n\nw.add_node('X', 'x', position=[1])\n")

    assert [(each.node, each.line) for each in read.problems] == [("x", 4)]


def test_a_script_without_a_workflow_says_how_to_begin() -> None:
    read = read_python("print(1)\n")

    assert read.graph is None
    assert "WorkflowBuilder()" in read.problems[0].message


def test_deep_nesting_is_refused_politely() -> None:
    for deep in ("(" * 500 + ")" * 500, "x = " + "-" * 5000 + "1", "a" + ".a" * 50000):
        read = read_python(HEAD + "w = WorkflowBuilder()\n" + deep)
        assert read.graph is not None or read.problems


def test_values_that_double_again_and_again_are_not_written_out() -> None:
    doubling = "a0 = ['yyyy', 'zzzz']\n"
    source = doubling + "".join(f"a{n + 1} = [a{n}, a{n}]\n" for n in range(60))

    read = read_python(HEAD + source + "w = WorkflowBuilder()\nw.add_node('X', 'x', {'a': a60})\n")

    assert read.graph is not None
    assert read.graph.nodes == ()
